mod attacks;

use super::*;
use proptest::prelude::*;

/// The cost of the cheapest three edges around a bridge, by exhaustive search.
fn cheapest(table: &FlowTable, bridge: u32, suppressed: &[bool], movements: &[f64]) -> Option<f64> {
    let [row, column] = table.edges[bridge as usize];
    let costs = table.around[row as usize].iter().flat_map(|&first| {
        table.around[column as usize].iter().filter_map(move |&last| {
            let ends = [table.edges[last as usize][0], table.edges[first as usize][1]];
            let middle = *table.by_ends.get(&ends)?;
            let edges = [first, middle, last];
            let cost = |edge: &u32| table.cost(*edge, suppressed, movements);
            let costs: Option<Vec<f64>> = edges.iter().map(cost).collect();
            costs.filter(|_| !edges.contains(&bridge)).map(|costs| costs.iter().sum())
        })
    });
    costs.min_by(f64::total_cmp)
}

proptest! {
    #[test]
    fn the_detour_of_a_bridge_costs_no_more_than_by_exhaustive_search(
        cells in prop::collection::vec((0u32..4, 0u32..30, any::<bool>()), 64..65),
        bridge in 0usize..64,
    ) {
        let found: Vec<_> = cells.iter().enumerate().filter(|(_, (gap, ..))| *gap > 0).collect();
        let ends: Vec<[u32; 2]> =
            found.iter().map(|(at, _)| [*at as u32 / 8, *at as u32 % 8]).collect();
        let movements: Vec<f64> = found.iter().map(|(_, cell)| f64::from(cell.1)).collect();
        prop_assume!(!ends.is_empty());
        let table = FlowTable::new(&ends, 8);
        let mut suppressed: Vec<bool> = found.iter().map(|(_, cell)| cell.2).collect();
        suppressed.resize(table.edges.len(), false);
        let bridge = (bridge % ends.len()) as u32;
        let path = table.detour_of_bridge(bridge, &suppressed, &movements).unwrap();
        let cost = |edges: &[u32]| -> f64 {
            edges.iter().filter_map(|&edge| table.cost(edge, &suppressed, &movements)).sum()
        };
        match cheapest(&table, bridge, &suppressed, &movements) {
            Some(lowest) => prop_assert_eq!((path.len(), cost(&path)), (3, lowest)),
            None => prop_assert!(path.len() > 3),
        }
    }
}

/// Two places have movements with 3,000 others each: nine million pairs of edges.
#[test]
fn the_detour_between_two_places_of_very_many_flows_is_found_quickly() {
    let places = 3000;
    let mut ends: Vec<[u32; 2]> = (1..places).map(|to| [0, to]).collect();
    ends.extend((2..places).map(|from| [from, 1]));
    ends.sort_unstable();
    let movements = vec![9.0; ends.len()];
    let table = FlowTable::new(&ends, places as usize);
    let bridge = ends.iter().position(|ends| *ends == [0, 1]).unwrap();
    let mut cells = vec![false; ends.len()];
    cells[bridge] = true;
    let none = || vec![false; places as usize];
    let mut sums = SuppressedMargins { from: none(), to: none() };
    assert!(table.suppress_secondary(&mut cells, &mut sums, &movements));
    let suppressed: Vec<bool> = cells.iter().chain(&sums.from).chain(&sums.to).copied().collect();
    assert_eq!(table.bridges(&suppressed), [] as [u32; 0]);
    assert!(cells.iter().filter(|cell| **cell).count() <= 3, "no more than a cycle");
}
