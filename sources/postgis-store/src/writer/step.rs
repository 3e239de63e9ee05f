//! Steps of writing a table.

use korean_text::Bilingual;

/// A step of writing a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteStep {
    /// Waiting for another load of the table.
    WaitForLoad,
    /// Writing the rows.
    WriteRows,
    /// Putting the new rows in force.
    PutInForce,
    /// Keeping the record of what was loaded.
    KeepRecord,
    /// Looking at the table that is there.
    LookAtTable,
    /// Looking for PostGIS.
    LookForPostgis,
    /// Looking at the schema.
    LookAtSchema,
    /// Putting the new table into the place of the old one.
    Replace,
    /// Looking for what depends on the table.
    LookForDependents,
    /// Comparing columns.
    CompareColumns,
    /// Looking for the index.
    LookForIndex,
    /// Beginning the transaction.
    Begin,
    /// Making the schema.
    MakeSchema,
    /// Ending the transaction.
    End,
    /// Reserving the table.
    ReserveTable,
    /// Making the table.
    MakeTable,
    /// Deleting the old rows.
    DeleteRows,
    /// Making the index.
    MakeIndex,
    /// Writing the comments.
    WriteComments,
    /// Counting the rows.
    Count,
}

impl Bilingual for WriteStep {
    fn ko(&self) -> String {
        match self {
            Self::WaitForLoad => "같은 테이블의 다른 적재를 기다리는 중",
            Self::WriteRows => "행을 쓰는 중",
            Self::PutInForce => "새 내용을 적용하는 중",
            Self::KeepRecord => "적재 기록을 남기는 중",
            Self::LookAtTable => "이미 있는 테이블을 살피는 중",
            Self::LookForPostgis => "PostGIS를 찾는 중",
            Self::LookAtSchema => "스키마를 살피는 중",
            Self::Replace => "이전 테이블을 새 테이블로 바꾸는 중",
            Self::LookForDependents => "테이블에 딸린 것을 찾는 중",
            Self::CompareColumns => "열을 비교하는 중",
            Self::LookForIndex => "색인을 찾는 중",
            Self::Begin => "트랜잭션을 시작하는 중",
            Self::MakeSchema => "스키마를 만드는 중",
            Self::End => "트랜잭션을 마치는 중",
            Self::ReserveTable => "테이블을 잠그는 중",
            Self::MakeTable => "테이블을 만드는 중",
            Self::DeleteRows => "이전 행을 지우는 중",
            Self::MakeIndex => "색인을 만드는 중",
            Self::WriteComments => "설명을 쓰는 중",
            Self::Count => "행을 세는 중",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            Self::WaitForLoad => "waiting for another load of it",
            Self::WriteRows => "writing the rows",
            Self::PutInForce => "putting it in force",
            Self::KeepRecord => "keeping the record of what was loaded",
            Self::LookAtTable => "looking at the table that is there",
            Self::LookForPostgis => "discovering for PostGIS",
            Self::LookAtSchema => "looking at the schema",
            Self::Replace => "putting the new table into the place of the old one",
            Self::LookForDependents => "discovering for what depends on the table",
            Self::CompareColumns => "comparing columns",
            Self::LookForIndex => "discovering for the index",
            Self::Begin => "beginning",
            Self::MakeSchema => "making the schema",
            Self::End => "ending",
            Self::ReserveTable => "reserving the table",
            Self::MakeTable => "making the table",
            Self::DeleteRows => "deleting the old rows",
            Self::MakeIndex => "making the index",
            Self::WriteComments => "writing the comments",
            Self::Count => "counting",
        }
        .to_owned()
    }
}
