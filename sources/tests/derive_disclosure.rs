//! Attacks on several public figures of the measure engine together.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use rstest::rstest;
use sources::catalog::LogicalType::{Code, Int};
use sources::catalog::{
    Aggregate, AggregateKind, Condition, FigureSet, Join, LayerContent, LogicalType, Operation,
    Period, PrivacyRule, Scalar, Sensitivity,
};
use sources::derive::{Derived, Deriver, Form, key};
use sources::feature::GeometryKind;
use support::areas::square;
use support::derive::{
    World, aggregate, column, count, filtered, flow_layer, id, is, joined, layer, over, plain,
    rows, sum, text, with,
};
use support::{Owned, points};

fn name(name: &str) -> String {
    name.to_owned()
}

/// Areas of 0.01°, side by side, and firms in them: kind and workers of each.
fn world(firms: &[&[(&str, i64)]]) -> World {
    let mut world = World::default();
    let west = |area: usize| 127.0 + 0.01 * area as f64;
    let areas = (0..firms.len()).map(|area| {
        let code = text(&format!("a{area}"));
        (square(west(area), 37.5, 0.01), vec![Owned::Int(area as i64 + 1), code])
    });
    let columns = [("id", Int), ("code", Code)];
    world.features("areas", GeometryKind::Polygon, &columns, areas.collect()).key =
        vec![name("code")];
    let mut points_of = Vec::new();
    for (area, firms) in firms.iter().enumerate() {
        for (number, (kind, workers)) in firms.iter().enumerate() {
            let number_of = points_of.len() as i64 + 1;
            let at = [west(area) + 0.0001 * (number + 1) as f64, 37.505];
            let code = text(&format!("f{number_of}"));
            let values = vec![Owned::Int(number_of), text(kind), Owned::Int(*workers), code];
            points_of.push((points(&[at]), values));
        }
    }
    let columns = [("id", Int), ("kind", LogicalType::Enum), ("workers", Int), ("code", Code)];
    let firms = world.features("firms", GeometryKind::Point, &columns, points_of);
    firms.key = vec![name("code")];
    firms.sensitivity = Sensitivity::Internal;
    world
}

fn stats(world: &World, layer: &sources::catalog::Layer) -> Derived {
    let mut deriver = Deriver::new(&world.catalog, world, [(layer, Form::Public)]);
    deriver.stats(layer, Form::Public).unwrap().unwrap()
}

/// Firms of one area, so many with a number of workers each.
fn firms(count: usize, workers: i64) -> Vec<(&'static str, i64)> {
    vec![("a", workers); count]
}

#[rstest]
// One firm of the first area has 1,000 workers; with the nine of the second it is ten, twice
// what may be told.
#[case::a_sum(sum("firms.workers"), "- - 10000 11000")]
#[case::a_mean(aggregate(AggregateKind::Mean, "firms.workers"), "- - 1000 1000")]
#[case::a_median(aggregate(AggregateKind::Median, "firms.workers"), "- - 1000 1000")]
fn a_large_sum_of_few_rows_is_held_back(#[case] operation: Operation, #[case] expected: &str) {
    let of = [1, 9, 10, 11].map(|count| firms(count, 1000));
    let world = world(&of.each_ref().map(Vec::as_slice));
    let mut set = over("areas", vec![("v", operation)]);
    set.suppress = Some(5);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), expected);
    assert!(!column(&world.derive(&set, Form::Full), "v").contains('-'));
}

#[test]
fn rows_that_add_nothing_to_a_sum_do_not_hide_the_one_that_does() {
    let mut first = firms(8, 0);
    first.push(("a", 1000));
    let of = [first, firms(9, 1000), firms(10, 1000), firms(5, 0)];
    let world = world(&of.each_ref().map(Vec::as_slice));
    let mut set = over("areas", vec![("v", sum("firms.workers"))]);
    set.suppress = Some(5);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 10000 0");
}

#[test]
fn a_sum_of_a_hidden_column_of_public_features_counts_its_rows() {
    let of = [1, 9, 10, 11].map(|count| firms(count, 1000));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dataset = world.dataset("firms");
    dataset.sensitivity = Sensitivity::Public;
    let mut set = over("areas", vec![("v", sum("firms.workers"))]);
    set.suppress = Some(5);
    // What everybody may know is compared as it is.
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "1000 9000 10000 11000");
    world.dataset("firms").privacy =
        vec![PrivacyRule::Hide { column: name("workers"), unit: None }];
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 10000 11000");
}

#[test]
fn a_row_without_weight_is_no_part_of_a_mean() {
    let mut first = firms(8, 0);
    first.push(("a", 3));
    let of = [first, firms(9, 2), firms(10, 2), firms(11, 2)];
    let world = world(&of.each_ref().map(Vec::as_slice));
    let rows = rows("firms.workers");
    let weight = Some(name("workers"));
    let mean = Operation::Aggregate(Aggregate { how: AggregateKind::Mean, rows, weight });
    let mut set = over("areas", vec![("v", mean)]);
    set.suppress = Some(5);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 2 2");
}

#[test]
fn all_months_of_one_firm_are_one_contribution() {
    let of = [2, 9, 10, 11].map(|count| firms(count, 1));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let count = of.iter().map(Vec::len).sum::<usize>();
    let row =
        |firm: usize, month: &str| vec![text(&format!("f{firm}")), text(month), Owned::Int(100)];
    let months = ["202601", "202602", "202603", "202604"];
    let rows = (1..=count).flat_map(|firm| months.map(|month| row(firm, month)));
    world.values(
        "firms",
        None,
        ("firm", Some("month"), None, Some(Period::Month)),
        &[("firm", Code), ("month", LogicalType::Month), ("sales", Int)],
        rows.collect(),
    );
    let mut set = over("areas", vec![("v", sum("firms.sales"))]);
    (set.suppress, set.time) = (Some(5), Some(Period::Year));
    // Two firms of the first area have eight rows.
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 4000 4400");
}

#[test]
fn sums_of_areas_do_not_add_up_amounts_that_cells_hold_back() {
    let of = [2, 9, 10, 11].map(|count| firms(count, 1000));
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dong =
        |n: i64, west: f64| (square(west, 37.5, 0.02), vec![Owned::Int(n), text(&format!("d{n}"))]);
    let dongs = vec![dong(1, 127.0), dong(2, 127.02)];
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, dongs).key = vec![name("code")];
    world.catalog.district.stats_over = Some(id("dong"));
    let firms = world.dataset("firms");
    let cell = ("cell", Code);
    firms.columns.push(sources::catalog::DatasetColumn {
        name: name(cell.0),
        kind: Some(cell.1),
        ..firms.columns[0].clone()
    });
    let stored = world.parts.get_mut(&(id("firms"), sources::derive::Part::Features)).unwrap();
    stored.columns.push(support::column("cell", sources::feature::ColumnType::Text));
    for row in &mut stored.rows {
        let area = ((row.geometry.coordinates[0][0] - 127.0) / 0.01).floor();
        row.values.push(text(&format!("a{area}")));
    }
    let by_key =
        sources::catalog::Rows { key: Some(name("cell")), ..joined("firms.workers", Join::Key) };
    let mut set = over("areas", vec![("v", with(AggregateKind::Sum, by_key))]);
    set.suppress = Some(5);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 10000 11000");
    // The first area has eleven firms in cells that are held back, which is not known of it.
    assert_eq!(column(&stats(&world, &layer(&set)), "v"), "- -");
}

#[rstest]
// 24 hours of two persons each are one area, not 24.
#[case::over_the_area(AggregateKind::Mean, "areas", "- - - - - -")]
#[case::its_median(AggregateKind::Median, "areas", "- - - - - -")]
// Six areas have 2.5 persons an hour: 15 in one hour.
#[case::over_all_of_them(AggregateKind::Mean, "dong", "2.5")]
fn a_mean_over_many_times_of_one_area_is_of_one_area(
    #[case] how: AggregateKind,
    #[case] over_areas: &str,
    #[case] expected: &str,
) {
    let mut world = world(&[&[], &[], &[], &[], &[], &[]]);
    let dong = (square(127.0, 37.5, 0.06), vec![Owned::Int(1), text("d1")]);
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, vec![dong]).key = vec![name("code")];
    let row = |area: usize, hour: i64| {
        let persons = Owned::Int(2 + (area % 2) as i64);
        vec![text(&format!("a{area}")), text("2026-10-01"), Owned::Int(hour), persons]
    };
    let rows = (0..6).flat_map(|area| (0..24).map(move |hour| row(area, hour))).collect();
    world.values(
        "present",
        Some("areas"),
        ("area", Some("day"), Some("hour"), Some(Period::Day)),
        &[("area", Code), ("day", LogicalType::Date), ("hour", Int), ("persons", Int)],
        rows,
    );
    world.dataset("present").privacy =
        vec![PrivacyRule::Suppress { below: 5, columns: Vec::new() }];
    let mut set = over(over_areas, vec![("v", aggregate(how, "present.persons"))]);
    set.time = Some(Period::Day);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), expected);
}

/// Areas of so many firms of two kinds.
fn kinds(counts: [[usize; 2]; 4]) -> World {
    let of = counts.map(|[a, b]| [vec![("a", 1); a], vec![("b", 1); b]].concat());
    world(&of.each_ref().map(Vec::as_slice))
}

fn public(name: &str, set: &FigureSet) -> sources::catalog::Layer {
    plain(name, &set.over, LayerContent::Figures(set.clone()), None)
}

#[test]
fn a_part_is_held_back_where_the_rest_of_another_layers_whole_is_small() {
    // The first area has 20 firms, of which one is of kind b.
    let mut world = kinds([[19, 1], [8, 9], [9, 9], [30, 30]]);
    let part = with(AggregateKind::Count, filtered("firms", &[("kind", is("a"))]));
    let mut part = over("areas", vec![("v", part)]);
    part.suppress = Some(5);
    assert_eq!(column(&world.derive(&part, Form::Public), "v"), "19 8 9 30");
    let before = key(&layer(&part), Form::Public, &world.catalog, &world).unwrap();
    let mut whole = over("areas", vec![("v", count("firms"))]);
    whole.suppress = Some(5);
    world.catalog.layers = vec![public("whole", &whole), public("part", &part)];
    assert_eq!(column(&world.derive(&part, Form::Public), "v"), "- - 9 30");
    assert_eq!(column(&world.derive(&whole, Form::Public), "v"), "20 17 18 60");
    assert_eq!(column(&world.derive(&part, Form::Full), "v"), "19 8 9 30");
    // What was kept before is not what is made now.
    assert_ne!(before, key(&layer(&part), Form::Public, &world.catalog, &world).unwrap());
    // Nor does the rest of two kinds follow.
    let two = Condition::In(["a", "b"].map(|kind| Scalar::Text(name(kind))).into());
    let both = with(AggregateKind::Count, filtered("firms", &[("kind", two)]));
    let both = FigureSet { suppress: Some(5), ..over("areas", vec![("v", both)]) };
    world.catalog.layers[0] = public("both", &both);
    assert_eq!(column(&world.derive(&part, Form::Public), "v"), "- - 9 30");
    // Of another time nothing can be compared.
    world.catalog.layers[0] = public("whole", &FigureSet { time: Some(Period::Year), ..whole });
    assert_eq!(column(&world.derive(&part, Form::Public), "v"), "19 8 9 30");
}

#[test]
fn cells_do_not_add_up_to_an_area_that_is_held_back() {
    // Two areas of two cells each and a third one; the first has three firms, and the
    // second is held back with it.
    let mut world = kinds([[2, 0], [1, 0], [6, 0], [7, 0]]);
    let dong =
        |n: i64, west: f64| (square(west, 37.5, 0.02), vec![Owned::Int(n), text(&format!("d{n}"))]);
    let dongs = vec![dong(1, 127.0), dong(2, 127.02)];
    let columns = [("id", Int), ("code", Code)];
    world.features("dong", GeometryKind::Polygon, &columns, dongs).key = vec![name("code")];
    world.catalog.district.stats_over = Some(id("dong"));
    let mut set = over("areas", vec![("v", count("firms"))]);
    set.suppress = Some(5);
    let cells = column(&world.derive(&set, Form::Public), "v");
    let areas = column(&stats(&world, &layer(&set)), "v");
    assert_eq!((&*cells, &*areas), ("- - - -", "- -"));
}

/// Places side by side, and what moves between them.
fn flow_world(table: &[&[i64]]) -> (World, sources::catalog::Layer) {
    let mut world = World::default();
    let place = |n: usize| {
        let code = text(&format!("p{n}"));
        (square(127.0 + 0.01 * n as f64, 37.5, 0.01), vec![Owned::Int(n as i64 + 1), code])
    };
    let columns = [("id", Int), ("code", Code)];
    let places = (0..table.len()).map(place).collect();
    world.features("places", GeometryKind::Polygon, &columns, places).key = vec![name("code")];
    let mut rows = Vec::new();
    for (from, row) in table.iter().enumerate() {
        for (to, &moved) in row.iter().enumerate().filter(|(to, moved)| *to != from && **moved > 0)
        {
            rows.push(vec![text(&format!("p{from}")), text(&format!("p{to}")), Owned::Int(moved)]);
        }
    }
    let columns = [("from", Code), ("to", Code), ("moved", Int)];
    world.values("moves", Some("places"), ("from", None, None, None), &columns, rows);
    world.dataset("moves").privacy = vec![PrivacyRule::Suppress { below: 5, columns: Vec::new() }];
    world.catalog.district.stats_over = Some(id("places"));
    let flow = sources::catalog::Flow {
        dataset: id("moves"),
        from: name("from"),
        to: name("to"),
        between: id("places"),
    };
    let set = over("places", vec![("moved", sum("moves.moved"))]);
    let layer = flow_layer(&flow, &set);
    world.catalog.layers = vec![layer.clone()];
    (world, layer)
}

#[test]
fn a_pair_that_its_place_has_alone_does_not_follow_from_the_sum_of_the_place() {
    let (world, layer) =
        flow_world(&[&[0, 2, 0, 0], &[0, 0, 50, 60], &[0, 70, 0, 80], &[90, 10, 20, 0]]);
    let mut deriver = Deriver::new(&world.catalog, &world, [(&layer, Form::Public)]);
    let pairs = column(&deriver.derive(&layer, Form::Public).unwrap(), "moved");
    assert!(pairs.starts_with("- "), "{pairs}");
    let told = stats(&world, &layer);
    let out: Vec<_> = column(&told, "moved_out").split(' ').map(str::to_owned).collect();
    // Where two people left to is not told, nor that it was two, nor from where else all
    // the others came.
    assert_eq!(out[0], "-", "{out:?}");
    assert!(out.iter().filter(|sum| *sum == "-").count() >= 2, "{out:?}");
    // A layer of its own that tells the same sums keeps back as many.
    let by_key =
        sources::catalog::Rows { key: Some(name("from")), ..joined("moves.moved", Join::Key) };
    let set = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    let alone = column(&world.derive(&set, Form::Public), "v");
    assert_eq!(alone.split(' ').collect::<Vec<_>>(), out);
}

#[test]
fn the_public_is_told_in_which_area_a_coarsened_position_lies_not_the_exact_one() {
    // Areas are 880 m wide; the first firm lies 9 m into the second area, and the square of
    // 4 km that the public sees it in has its middle elsewhere.
    let mut world = world(&[&[], &[("a", 1)], &[], &[], &[], &[]]);
    let set = over("areas", vec![("v", count("firms"))]);
    let full = column(&world.derive(&set, Form::Full), "v");
    assert_eq!(full, "0 1 0 0 0 0");
    world.dataset("firms").privacy = vec![PrivacyRule::Coarsen { metres: 4000 }];
    let [lon, lat] = PrivacyRule::coarsen([127.0101, 37.505], 4000);
    let expected: Vec<_> = (0..6)
        .map(|area| {
            let west = 127.0 + 0.01 * f64::from(area);
            let inside = (37.5..37.51).contains(&lat) && (west..west + 0.01).contains(&lon);
            if inside { "1" } else { "0" }
        })
        .collect();
    assert_ne!(expected.join(" "), full);
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), expected.join(" "));
    assert_eq!(column(&world.derive(&set, Form::Full), "v"), full);
}

#[test]
fn sums_beside_the_public_form_of_a_flow_are_held_back_with_its_pairs() {
    let (mut world, layer) = flow_world(&[&[0, 3, 3], &[0, 0, 50], &[20, 70, 0]]);
    world.dataset("moves").privacy.clear();
    world.dataset("moves").sensitivity = Sensitivity::Internal;
    let LayerContent::Flow(flow, set) = &layer.content else { panic!("it is a flow") };
    // Staff see other figures, and none is kept back from them.
    let mean = aggregate(AggregateKind::Mean, "moves.moved");
    let mut layer = flow_layer(flow, &over("places", vec![("mean", mean)]));
    layer.public_form = Some(FigureSet { suppress: Some(5), ..set.clone() });
    world.catalog.layers = vec![layer.clone()];
    let told = column(&stats(&world, &layer), "moved_out");
    let by_key =
        sources::catalog::Rows { key: Some(name("from")), ..joined("moves.moved", Join::Key) };
    let mut alone = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    alone.suppress = Some(5);
    // Six left the first place, three of them to each of two others.
    assert!(told.starts_with("- "), "{told}");
    assert_eq!(column(&world.derive(&alone, Form::Public), "v"), told);
}

#[test]
fn sums_that_were_kept_are_made_anew_beside_another_public_flow() {
    let (mut world, flow_layer) = flow_world(&[&[0, 3, 3], &[0, 0, 50], &[20, 70, 0]]);
    // All may know its rows, but a layer tells no small numbers.
    world.dataset("moves").privacy.clear();
    let by_key =
        sources::catalog::Rows { key: Some(name("from")), ..joined("moves.moved", Join::Key) };
    let mut set = over("places", vec![("v", with(AggregateKind::Sum, by_key))]);
    set.suppress = Some(5);
    let sums = layer(&set);
    let mut keys = Vec::new();
    let mut made = |world: &World| {
        keys.push(key(&sums, Form::Public, &world.catalog, world).unwrap());
        column(&world.derive(&set, Form::Public), "v")
    };
    world.catalog.layers.clear();
    assert_eq!(made(&world), "6 50 90");
    world.catalog.layers = vec![flow_layer];
    assert!(made(&world).starts_with("- "));
    // The same figures of a flow by other ends keep nothing of these sums back.
    let LayerContent::Flow(flow, _) = &mut world.catalog.layers[0].content else {
        panic!("it is a flow")
    };
    (flow.from, flow.to) = (name("other"), name("to"));
    assert_eq!(made(&world), "6 50 90");
    assert!(keys[0] != keys[1] && keys[1] != keys[2], "{keys:?}");
}

/// Firms that all may see, but not of which kind they are.
fn hidden_kinds(counts: [[usize; 2]; 4], workers: i64) -> World {
    let of = counts.map(|[a, b]| [vec![("a", workers); a], vec![("b", workers); b]].concat());
    let mut world = world(&of.each_ref().map(Vec::as_slice));
    let dataset = world.dataset("firms");
    dataset.sensitivity = Sensitivity::Public;
    dataset.privacy = vec![PrivacyRule::Hide { column: name("kind"), unit: Some(id("areas")) }];
    world
}

#[rstest]
#[case::a_count("firms", AggregateKind::Count, "- - 9 30")]
// 19,000 of 20,000 workers: one firm has the others.
#[case::a_sum("firms.workers", AggregateKind::Sum, "- - 9000 30000")]
fn the_few_without_a_hidden_mark_do_not_follow_from_all_the_features(
    #[case] of: &str,
    #[case] how: AggregateKind,
    #[case] expected: &str,
) {
    let world = hidden_kinds([[19, 1], [8, 9], [9, 9], [30, 30]], 1000);
    let part = with(how, filtered(of, &[("kind", is("a"))]));
    let set = FigureSet { suppress: Some(5), ..over("areas", vec![("v", part)]) };
    // No layer needs to tell how many there are: each is on the map.
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), expected);
    assert!(!column(&world.derive(&set, Form::Full), "v").contains('-'));
}

#[test]
fn a_sum_of_the_few_with_a_hidden_mark_is_held_back() {
    let world = hidden_kinds([[1, 30], [9, 30], [10, 30], [30, 30]], 1000);
    let part = with(AggregateKind::Sum, filtered("firms.workers", &[("kind", is("a"))]));
    let set = FigureSet { suppress: Some(5), ..over("areas", vec![("v", part)]) };
    assert_eq!(column(&world.derive(&set, Form::Public), "v"), "- - 10000 30000");
}
