//! (next commits)
