//! The district itself: dongs, water, roads, buildings, and what stands on them.

pub(crate) mod block_groups;
pub(crate) mod buildings;
pub(crate) mod cameras;
pub(crate) mod district;
pub(crate) mod dong_facts;
pub(crate) mod dongs;
pub(crate) mod height;
pub(crate) mod outlines;
pub(crate) mod rails;
pub(crate) mod residents;
pub(crate) mod river_courses;
pub(crate) mod road_sketches;
pub(crate) mod roads;
pub(crate) mod stations;
pub(crate) mod streets;
pub(crate) mod surroundings;
pub(crate) mod trails;
pub(crate) mod water;
