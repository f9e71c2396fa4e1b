-- How a label was given. NULL, or an empty tool: not known, as for all labels before this step and for retractions.
-- By the clock of the annotator's tool.
ALTER TABLE labels ADD COLUMN shown_at INTEGER;
ALTER TABLE labels ADD COLUMN answered_at INTEGER CHECK (answered_at >= shown_at);
-- 1: the annotator could see what the model had answered; 0: he could not.
ALTER TABLE labels ADD COLUMN revealed INTEGER CHECK (revealed IN (0, 1));
ALTER TABLE labels ADD COLUMN tool TEXT NOT NULL DEFAULT '';
