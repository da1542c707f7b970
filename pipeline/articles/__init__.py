"""Page -> article or refusal: text, facts, credits."""
