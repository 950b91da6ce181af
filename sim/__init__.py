"""Electric current in tissue under stimulation electrodes, judged against safety limits."""
