-- Every task whose verdict has been looked at, alert or not: a later record of the task is a repeat and raises nothing.
CREATE TABLE alert_verdicts (
  task_id uuid PRIMARY KEY,
  -- topic/partition/offset of the verdict, which tells a repeat from the same record delivered again
  source text NOT NULL,
  seen_at timestamptz NOT NULL
);
CREATE INDEX alert_verdicts_seen ON alert_verdicts (seen_at);

CREATE TABLE alerts (
  task_id uuid PRIMARY KEY,
  detection_id uuid NOT NULL,
  camera_id text NOT NULL,
  risk_level text NOT NULL,
  description text NOT NULL,
  hazards text[] NOT NULL,
  confidence double precision NOT NULL,
  captured_at timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  rule text NOT NULL,
  evidence text,
  people_count int,
  acknowledged_at timestamptz,
  acknowledged_by text
);
CREATE INDEX alerts_newest ON alerts (raised_at DESC, task_id DESC);

CREATE TABLE alert_deliveries (
  task_id uuid NOT NULL REFERENCES alerts ON DELETE CASCADE,
  channel text NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'abandoned')),
  attempts int NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  -- an attempt is under way until then; later it counts as broken off, and another may begin
  taken_until timestamptz,
  last_error text,
  ended_at timestamptz,
  PRIMARY KEY (task_id, channel)
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (channel, next_attempt_at) WHERE state = 'pending';
