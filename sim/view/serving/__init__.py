"""A run in the browser: a front that keeps the door, and a process for each browser that draws."""
