"""Many cases of one study: planned, computed once each, gathered in one table."""
