"""Stories -> events, and what follows from them: what is told of one happening, what is on top, what is picked."""
