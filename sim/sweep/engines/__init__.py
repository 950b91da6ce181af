"""What computes the chunks of a study: this process, its own workers, or jobs of a cluster."""
