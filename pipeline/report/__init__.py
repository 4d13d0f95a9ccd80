"""OUT/report.html: what was read, how much of it is reconciled, and where the doubt is, with pictures of the places."""
