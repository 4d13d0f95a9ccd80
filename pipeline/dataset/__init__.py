"""The dataset of a finished run: what its columns mean, and the forms that it is published in."""
