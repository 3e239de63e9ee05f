use super::*;
use rstest::rstest;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn places(most: usize, per_peer: usize) -> Arc<Places> {
    Arc::new(Places::new(most, per_peer, Vec::new()))
}

fn take(places: &Arc<Places>, peer: &str) -> Result<(Place, Option<Phase>), Full> {
    places.take(ip(peer)).map(|admission| (admission.place, admission.evicted))
}

/// Takes a place without closing another connection.
fn free(places: &Arc<Places>, peer: &str) -> Place {
    let (place, evicted) = take(places, peer).unwrap();
    assert_eq!(evicted, None);
    place
}

/// Takes a place without closing another, for a connection whose request is being answered.
fn busy(places: &Arc<Places>, peer: &str) -> Place {
    let place = free(places, peer);
    place.activity().begin();
    place
}

/// Takes a place without closing another, for a connection whose request was answered.
fn idle(places: &Arc<Places>, peer: &str) -> Place {
    let place = busy(places, peer);
    place.activity().end();
    place.activity().flushed();
    // Another microsecond: the order is that of time.
    std::thread::sleep(Duration::from_micros(20));
    place
}

fn is_closed(place: &Place) -> bool {
    !place.holder.is_open()
}

#[test]
fn one_peer_has_its_share_and_a_proxy_all_there_is() {
    let trusted = vec!["10.0.0.1".parse().unwrap()];
    let places = Arc::new(Places::new(5, 2, trusted));
    let held = [busy(&places, "1.1.1.1"), busy(&places, "::ffff:1.1.1.1")];
    assert_eq!(take(&places, "1.1.1.1").unwrap_err(), Full::Peer);
    let others = ["10.0.0.1"; 3].map(|peer| busy(&places, peer));
    assert_eq!(take(&places, "2.2.2.2").unwrap_err(), Full::Listener, "all five are taken");
    assert_eq!(places.open(), 5);
    drop((held, others));
    assert_eq!(places.open(), 0);
    assert!(places.lock().peers.is_empty());
    let _place = free(&places, "1.1.1.1");
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
fn a_customer_of_ipv6_is_one_peer(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
    let places = places(5, 1);
    let _first = busy(&places, one);
    let second = take(&places, other);
    assert_eq!(second.err(), same.then_some(Full::Peer));
}

#[test]
fn connections_that_send_no_head_lock_nobody_out() {
    let places = places(6, 2);
    let held: Vec<_> = ["1.1.1.1", "1.1.1.1", "2.2.2.2", "2.2.2.2", "3.3.3.3", "3.3.3.3"]
        .map(|peer| free(&places, peer))
        .into();
    let (place, evicted) = take(&places, "9.9.9.9").unwrap();
    assert_eq!(evicted, Some(Phase::Headless));
    assert!(is_closed(&held[0]) && held[1..].iter().all(|place| !is_closed(place)));
    assert_eq!(places.open(), 6);
    // The closed one ends later, and gives back nothing twice.
    drop(held);
    assert_eq!(places.open(), 1);
    drop(place);
    assert_eq!(places.open(), 0);
}

#[test]
fn the_oldest_without_a_head_makes_way_then_the_one_idle_for_longest_and_no_busy_one() {
    let places = places(5, 5);
    let working = busy(&places, "1.1.1.1");
    let [older, newer] = ["2.2.2.2", "3.3.3.3"].map(|peer| idle(&places, peer));
    let [first, second] = ["4.4.4.4", "5.5.5.5"].map(|peer| free(&places, peer));
    let order = [&first, &second, &older, &newer];
    let phases = [Phase::Headless, Phase::Headless, Phase::Idle, Phase::Idle];
    let mut newcomers = Vec::new();
    for (at, phase) in phases.into_iter().enumerate() {
        let (place, evicted) = take(&places, "9.9.9.9").unwrap();
        place.activity().begin();
        newcomers.push(place);
        assert_eq!(evicted, Some(phase));
        for (other, place) in order.iter().enumerate() {
            assert_eq!(is_closed(place), other <= at, "{at} {other}");
        }
    }
    std::thread::sleep(FRUITLESS);
    assert_eq!(take(&places, "8.8.8.8").unwrap_err(), Full::Listener);
    assert!(!is_closed(&working) && newcomers.iter().all(|place| !is_closed(place)));
    drop(working);
    let _place = free(&places, "8.8.8.8");
}

#[test]
fn one_that_idled_when_last_looked_at_and_works_now_stays() {
    let places = places(3, 3);
    let [first, second, third] = ["1.1.1.1", "2.2.2.2", "3.3.3.3"].map(|peer| idle(&places, peer));
    let (newcomer, _) = take(&places, "9.9.9.9").unwrap();
    newcomer.activity().begin();
    assert!(is_closed(&first));
    second.activity().begin();
    let (newcomer, _) = take(&places, "9.9.9.9").unwrap();
    newcomer.activity().begin();
    assert!(!is_closed(&second) && is_closed(&third));
}

#[test]
fn a_peer_at_its_limit_loses_its_own_connections_alone() {
    let places = places(9, 2);
    let other = free(&places, "2.2.2.2");
    let resting = idle(&places, "1.1.1.1");
    let silent = free(&places, "1.1.1.1");
    let (third, evicted) = take(&places, "1.1.1.1").unwrap();
    assert_eq!(evicted, Some(Phase::Headless));
    assert!(is_closed(&silent) && !is_closed(&resting) && !is_closed(&other));
    third.activity().begin();
    let (fourth, evicted) = take(&places, "1.1.1.1").unwrap();
    fourth.activity().begin();
    assert_eq!(evicted, Some(Phase::Idle));
    assert!(is_closed(&resting) && !is_closed(&third));
    assert_eq!(take(&places, "1.1.1.1").unwrap_err(), Full::Peer);
}

#[test]
fn a_client_that_has_just_stopped_reading_keeps_its_place() {
    let places = places(1, 1);
    let reader = busy(&places, "1.1.1.1");
    reader.activity().stall();
    assert_eq!(take(&places, "2.2.2.2").unwrap_err(), Full::Listener);
    assert_eq!(reader.holder.rank(), None);
}

#[test]
fn what_is_kept_of_connections_does_not_grow_with_their_number() {
    let places = places(10, 10);
    let _silent = free(&places, "1.1.1.1");
    for _ in 0..10_000 {
        drop(idle_at_once(&places));
    }
    let held = places.lock();
    assert!(held.headless.len() < 100, "{}", held.headless.len());
    assert_eq!((held.all.len(), held.peers.len()), (1, 1));
}

fn idle_at_once(places: &Arc<Places>) -> Place {
    let place = busy(places, "2.2.2.2");
    place.activity().end();
    place.activity().flushed();
    place
}

#[tokio::test]
async fn a_connection_learns_that_its_place_is_gone_and_a_drain_waits_for_the_others() {
    let places = places(1, 1);
    let silent = free(&places, "1.1.1.1");
    let (newcomer, _) = take(&places, "2.2.2.2").unwrap();
    silent.evicted().await;
    drop(silent);
    let waiting = Arc::clone(&places);
    let drained = tokio::spawn(async move { waiting.all_closed().await });
    tokio::task::yield_now().await;
    assert!(!drained.is_finished());
    drop(newcomer);
    drained.await.unwrap();
}
