-- One row per task: its verdict, the first record of its results. `record` holds that record's text as it came (json,
-- not jsonb: jsonb refuses escaped NUL characters, which a model may write); the columns are what is searched.
CREATE TABLE risk_assessments (
  request_id uuid PRIMARY KEY,
  camera_id text NOT NULL,
  status text NOT NULL,
  risk_level text,
  captured_at timestamptz NOT NULL,
  record json NOT NULL,
  -- topic/partition/offset of that record, which tells a repeat from the same record delivered again
  source text NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX risk_assessments_newest ON risk_assessments (captured_at DESC, request_id DESC);
CREATE INDEX risk_assessments_camera ON risk_assessments (camera_id, captured_at DESC, request_id DESC);
