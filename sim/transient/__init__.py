"""From spectrum to time: transfer functions as real poles, and their exact answer to the pieces of a waveform."""
