//! Operators with plain arguments.

/// Comparison of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Comparison with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "==" => Self::Equal,
            "!=" => Self::Unequal,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// Name in expressions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// Declares the operators with their names and numbers of arguments.
macro_rules! operators {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $least:literal..=$most:literal;)*) => {
        /// Operator whose arguments are all expressions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Operator {
            $($(#[$doc])* $variant,)*
        }

        impl Operator {
            /// Operator with this name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Name in expressions.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Whether the operator takes this number of arguments.
            pub(super) const fn takes(self, count: usize) -> bool {
                match self {
                    $(Self::$variant => $least <= count && count <= $most,)*
                }
            }

            /// Number of arguments as text.
            pub(super) const fn arguments(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!(stringify!($least), " to ", stringify!($most)),)*
                }
            }
        }
    };
}

operators! {
    /// Negation.
    Not = "!", 1..=1;
    /// Whether a list holds a value, or a text another.
    In = "in", 2..=2;
    /// Sum.
    Add = "+", 1..=64;
    /// Difference, or the negative of one number.
    Subtract = "-", 1..=2;
    /// Product.
    Multiply = "*", 1..=64;
    /// Quotient.
    Divide = "/", 2..=2;
    /// Remainder.
    Remainder = "%", 2..=2;
    /// Power.
    Power = "^", 2..=2;
    /// Square root.
    SquareRoot = "sqrt", 1..=1;
    /// Natural logarithm.
    NaturalLogarithm = "ln", 1..=1;
    /// Logarithm of base 10.
    DecimalLogarithm = "log10", 1..=1;
    /// Logarithm of base 2.
    BinaryLogarithm = "log2", 1..=1;
    /// Least number.
    Minimum = "min", 1..=64;
    /// Greatest number.
    Maximum = "max", 1..=64;
    /// Distance from zero.
    Absolute = "abs", 1..=1;
    /// Nearest whole number, halves away from zero.
    Round = "round", 1..=1;
    /// Next whole number below.
    Floor = "floor", 1..=1;
    /// Next whole number above.
    Ceiling = "ceil", 1..=1;
    /// Number of a value; the first argument that has one.
    ToNumber = "to-number", 1..=16;
    /// Text of a value.
    ToText = "to-string", 1..=1;
    /// Truth of a value.
    ToFlag = "to-boolean", 1..=1;
    /// Colour of a text; the first argument that has one.
    ToColor = "to-color", 1..=16;
    /// The first argument that is a number.
    Number = "number", 1..=16;
    /// The first argument that is a text.
    Text = "string", 1..=16;
    /// The first argument that is a boolean.
    Flag = "boolean", 1..=16;
    /// Name of a value's type.
    TypeOf = "typeof", 1..=1;
    /// Texts joined.
    Concatenate = "concat", 1..=64;
    /// Capital letters.
    UpperCase = "upcase", 1..=1;
    /// Small letters.
    LowerCase = "downcase", 1..=1;
    /// Number of characters or items.
    Length = "length", 1..=1;
    /// Part of a text, by characters.
    Slice = "slice", 2..=3;
    /// Number with thousands separators; its arguments are the number and the least and most
    /// decimal places.
    FormatNumber = "number-format", 3..=3;
    /// Name of a picture.
    Image = "image", 1..=1;
    /// Colour of red, green and blue from 0 to 255.
    Rgb = "rgb", 3..=3;
    /// Colour of red, green and blue, and an alpha from 0 to 1.
    Rgba = "rgba", 4..=4;
}
