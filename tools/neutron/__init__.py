"""Reader of evaluated neutron and photon data (ENDF-6) and the physics that turns them into beamwright's library."""
