"""The one door out: an address -> what the web said, or a refusal with a named reason. No other part asks a site for anything."""
