use super::*;
use rstest::rstest;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn slots(most: usize, per_peer: usize) -> Arc<ConnectionSlots> {
    Arc::new(ConnectionSlots::new(most, per_peer, Vec::new()))
}

fn take(
    slots: &Arc<ConnectionSlots>,
    peer: &str,
) -> Result<(ConnectionSlot, Option<ConnectionPhase>), SlotLimit> {
    slots.take(ip(peer)).map(|admission| (admission.slot, admission.evicted))
}

/// Takes a slot without closing another connection.
fn free(slots: &Arc<ConnectionSlots>, peer: &str) -> ConnectionSlot {
    let (slot, evicted) = take(slots, peer).unwrap();
    assert_eq!(evicted, None);
    slot
}

/// Takes a slot without closing another, for a connection whose request is being answered.
fn busy(slots: &Arc<ConnectionSlots>, peer: &str) -> ConnectionSlot {
    let slot = free(slots, peer);
    slot.activity().begin();
    slot
}

/// Takes a slot without closing another, for a connection whose request was answered.
fn idle(slots: &Arc<ConnectionSlots>, peer: &str) -> ConnectionSlot {
    let slot = busy(slots, peer);
    slot.activity().end();
    slot.activity().flushed();
    // Another microsecond: the order is that of time.
    std::thread::sleep(Duration::from_micros(20));
    slot
}

fn is_closed(slot: &ConnectionSlot) -> bool {
    !slot.holder.is_open()
}

#[test]
fn a_peer_is_limited_to_its_slots_and_a_trusted_proxy_is_not() {
    let trusted = vec!["10.0.0.1".parse().unwrap()];
    let slots = Arc::new(ConnectionSlots::new(5, 2, trusted));
    let held = [busy(&slots, "1.1.1.1"), busy(&slots, "::ffff:1.1.1.1")];
    assert_eq!(take(&slots, "1.1.1.1").unwrap_err(), SlotLimit::Peer);
    let others = ["10.0.0.1"; 3].map(|peer| busy(&slots, peer));
    assert_eq!(take(&slots, "2.2.2.2").unwrap_err(), SlotLimit::Listener, "all five are taken");
    assert_eq!(slots.open(), 5);
    drop((held, others));
    assert_eq!(slots.open(), 0);
    assert!(slots.lock().peers.is_empty());
    let _slot = free(&slots, "1.1.1.1");
}

#[rstest]
#[case::ipv4("1.1.1.1", "1.1.1.2", false)]
#[case::mapped("1.1.1.1", "::ffff:1.1.1.1", true)]
#[case::mapped_others("::ffff:1.1.1.1", "::ffff:1.1.1.2", false)]
#[case::translated("1.1.1.1", "64:ff9b::1.1.1.1", true)]
#[case::translated_others("64:ff9b::1.1.1.1", "64:ff9b::1.1.1.2", false)]
#[case::address_of_a_network("2001:db8::1", "2001:db8::2", true)]
#[case::network_of_a_customer("2001:db8::1", "2001:db8:0:ff::1", true)]
#[case::other_customer("2001:db8::1", "2001:db8:0:100::1", false)]
fn an_ipv6_customer_prefix_is_one_peer(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    let slots = slots(5, 1);
    let _first = busy(&slots, one);
    let second = take(&slots, other);
    assert_eq!(second.err(), same.then_some(SlotLimit::Peer));
}

#[test]
fn connections_without_a_head_block_nobody() {
    let slots = slots(6, 2);
    let held: Vec<_> = ["1.1.1.1", "1.1.1.1", "2.2.2.2", "2.2.2.2", "3.3.3.3", "3.3.3.3"]
        .map(|peer| free(&slots, peer))
        .into();
    let (slot, evicted) = take(&slots, "9.9.9.9").unwrap();
    assert_eq!(evicted, Some(ConnectionPhase::Headless));
    assert!(is_closed(&held[0]) && held[1..].iter().all(|slot| !is_closed(slot)));
    assert_eq!(slots.open(), 6);
    // The closed one ends later, and gives back nothing twice.
    drop(held);
    assert_eq!(slots.open(), 1);
    drop(slot);
    assert_eq!(slots.open(), 0);
}

#[test]
fn headless_then_idle_connections_are_closed_oldest_first_and_busy_ones_never() {
    let slots = slots(5, 5);
    let working = busy(&slots, "1.1.1.1");
    let [older, newer] = ["2.2.2.2", "3.3.3.3"].map(|peer| idle(&slots, peer));
    let [first, second] = ["4.4.4.4", "5.5.5.5"].map(|peer| free(&slots, peer));
    let order = [&first, &second, &older, &newer];
    let phases = [
        ConnectionPhase::Headless,
        ConnectionPhase::Headless,
        ConnectionPhase::Idle,
        ConnectionPhase::Idle,
    ];
    let mut newcomers = Vec::new();
    for (at, phase) in phases.into_iter().enumerate() {
        let (slot, evicted) = take(&slots, "9.9.9.9").unwrap();
        slot.activity().begin();
        newcomers.push(slot);
        assert_eq!(evicted, Some(phase));
        for (other, slot) in order.iter().enumerate() {
            assert_eq!(is_closed(slot), other <= at, "{at} {other}");
        }
    }
    std::thread::sleep(FRUITLESS_SCAN_PAUSE);
    assert_eq!(take(&slots, "8.8.8.8").unwrap_err(), SlotLimit::Listener);
    assert!(!is_closed(&working) && newcomers.iter().all(|slot| !is_closed(slot)));
    drop(working);
    let _slot = free(&slots, "8.8.8.8");
}

#[test]
fn a_connection_that_became_busy_since_the_scan_is_not_closed() {
    let slots = slots(3, 3);
    let [first, second, third] = ["1.1.1.1", "2.2.2.2", "3.3.3.3"].map(|peer| idle(&slots, peer));
    let (newcomer, _) = take(&slots, "9.9.9.9").unwrap();
    newcomer.activity().begin();
    assert!(is_closed(&first));
    second.activity().begin();
    let (newcomer, _) = take(&slots, "9.9.9.9").unwrap();
    newcomer.activity().begin();
    assert!(!is_closed(&second) && is_closed(&third));
}

#[test]
fn a_peer_at_its_limit_loses_its_own_connections_alone() {
    let slots = slots(9, 2);
    let other = free(&slots, "2.2.2.2");
    let resting = idle(&slots, "1.1.1.1");
    let silent = free(&slots, "1.1.1.1");
    let (third, evicted) = take(&slots, "1.1.1.1").unwrap();
    assert_eq!(evicted, Some(ConnectionPhase::Headless));
    assert!(is_closed(&silent) && !is_closed(&resting) && !is_closed(&other));
    third.activity().begin();
    let (fourth, evicted) = take(&slots, "1.1.1.1").unwrap();
    fourth.activity().begin();
    assert_eq!(evicted, Some(ConnectionPhase::Idle));
    assert!(is_closed(&resting) && !is_closed(&third));
    assert_eq!(take(&slots, "1.1.1.1").unwrap_err(), SlotLimit::Peer);
}

#[test]
fn a_client_that_has_just_stopped_reading_keeps_its_slot() {
    let slots = slots(1, 1);
    let reader = busy(&slots, "1.1.1.1");
    reader.activity().stall();
    assert_eq!(take(&slots, "2.2.2.2").unwrap_err(), SlotLimit::Listener);
    assert_eq!(reader.holder.rank(), None);
}

#[test]
fn bookkeeping_of_closed_connections_is_bounded() {
    let slots = slots(10, 10);
    let _silent = free(&slots, "1.1.1.1");
    for _ in 0..10_000 {
        drop(idle_at_once(&slots));
    }
    let held = slots.lock();
    assert!(held.headless.len() < 100, "{}", held.headless.len());
    assert_eq!((held.all.len(), held.peers.len()), (1, 1));
}

fn idle_at_once(slots: &Arc<ConnectionSlots>) -> ConnectionSlot {
    let slot = busy(slots, "2.2.2.2");
    slot.activity().end();
    slot.activity().flushed();
    slot
}

#[tokio::test]
async fn an_evicted_connection_is_notified_and_a_drain_waits_for_the_others() {
    let slots = slots(1, 1);
    let silent = free(&slots, "1.1.1.1");
    let (newcomer, _) = take(&slots, "2.2.2.2").unwrap();
    silent.evicted().await;
    drop(silent);
    let waiting = Arc::clone(&slots);
    let drained = tokio::spawn(async move { waiting.all_closed().await });
    tokio::task::yield_now().await;
    assert!(!drained.is_finished());
    drop(newcomer);
    drained.await.unwrap();
}
