//! A sender, the gate and its database, over real sockets.

mod delivery;
