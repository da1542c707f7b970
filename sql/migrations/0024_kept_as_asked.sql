-- A person's keep is of what the question was about, whatever has become of the stories since.
COMMENT ON COLUMN ops.review.answer IS 'keep (as it was when it was asked), merge (one story), split (two stories), swap (the other article stands for the story); lapsed (nobody answered in time); null: it is open.';
