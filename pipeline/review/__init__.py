"""`savings review`: doubtful figures, settled by a person in the browser."""
