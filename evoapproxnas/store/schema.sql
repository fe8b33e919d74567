-- One run. Every statement is committed by itself; nothing is pickled.
CREATE TABLE objectives (        -- what the search optimizes, in the order of the vector
    name      TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('min', 'max'))
);
CREATE TABLE candidates (
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    key        TEXT NOT NULL,   -- canonical key of the network
    genes      TEXT NOT NULL,   -- JSON list of integers
    network    TEXT NOT NULL,   -- JSON of networks.Network
    parents    TEXT NOT NULL,   -- JSON list of [generation, position]
    PRIMARY KEY (generation, position)
);
CREATE TABLE evaluations (
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    metrics    TEXT NOT NULL,   -- JSON object: figure by name
    seconds    REAL NOT NULL,
    source     TEXT,            -- JSON [generation, position] of the first of its key; else NULL
    finished   TEXT NOT NULL,   -- UTC, ISO 8601
    PRIMARY KEY (generation, position),
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE TABLE failures (
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    details    TEXT NOT NULL,
    seconds    REAL NOT NULL,
    finished   TEXT NOT NULL,
    PRIMARY KEY (generation, position),
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE TABLE tests (             -- figures on the test set: reported, never selected on
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    metrics    TEXT NOT NULL,
    PRIMARY KEY (generation, position),
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE TABLE generations (       -- one row a finished generation
    generation  INTEGER PRIMARY KEY,
    survivors   TEXT NOT NULL,   -- JSON list of [generation, position]
    hypervolume REAL NOT NULL,
    finished    TEXT NOT NULL
);
CREATE TABLE sessions (          -- one row a start of the process
    started TEXT NOT NULL,
    seconds REAL NOT NULL DEFAULT 0
);
