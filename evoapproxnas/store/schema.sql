-- One run. Every outcome is committed as it comes; nothing is pickled.
CREATE TABLE campaign (          -- one row, once the run is written by this version
    config TEXT NOT NULL         -- JSON of config.toml as it was last accepted
);
CREATE TABLE objectives (        -- what the search optimizes, in the order of the vector
    name      TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('min', 'max'))
);
CREATE TABLE limits (            -- worst values that are still of interest
    name      TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('min', 'max')),
    value     REAL NOT NULL
);
CREATE TABLE candidates (
    generation       INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    key              TEXT NOT NULL,   -- canonical key of the network
    architecture_key TEXT NOT NULL,   -- likewise without multipliers
    genes            TEXT NOT NULL,   -- JSON list of integers
    network          TEXT NOT NULL,   -- JSON of networks.Network
    parents          TEXT NOT NULL,   -- JSON list of [generation, position]
    state            TEXT NOT NULL CHECK (state IN (
        'proposed',                   -- no outcome yet
        'evaluated',                  -- has a point
        'infeasible',                 -- has a point, beyond a limit
        'stopped',                    -- has a point of a training that was stopped at a rung
        'rejected',                   -- not trained: a limit on cheap figures rules it out
        'failed',                     -- see failures
        'lost'                        -- went down with the machine it was on; is done again
    )),
    operator         TEXT NOT NULL DEFAULT '',     -- what made it of its parents
    PRIMARY KEY (generation, position)
);
CREATE TABLE trainings (         -- one row a training, of the network of a candidate
    id               INTEGER PRIMARY KEY,
    generation       INTEGER NOT NULL,
    position         INTEGER NOT NULL,
    step             INTEGER NOT NULL DEFAULT 0,   -- 0: the first, 1: what went on from there, ...
    architecture_key TEXT NOT NULL,
    budget           REAL NOT NULL,   -- passes over the training images
    passes           REAL NOT NULL DEFAULT 0,      -- of all the lineage of its weights
    recipe           TEXT NOT NULL,   -- digest of data and training options; '' if unknown
    identity         TEXT NOT NULL DEFAULT '',     -- digest of what decides it, but chance
    inherited_from   TEXT,            -- JSON [generation, position, step] of whose weights; else NULL
    history          TEXT NOT NULL,   -- JSON list: figures of every epoch
    seconds          REAL NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('finished', 'stopped')),
    reused_from      TEXT NOT NULL DEFAULT '',     -- the run that it was taken over from
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE INDEX trainings_of_architecture ON trainings (architecture_key);
CREATE INDEX trainings_of_candidate ON trainings (generation, position, step);
CREATE TABLE points (            -- a training with multipliers on an accelerator, and its figures
    id         INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    step       INTEGER NOT NULL DEFAULT 0,   -- of the candidate
    number     INTEGER NOT NULL DEFAULT 0,   -- among the points of the step
    training   INTEGER REFERENCES trainings (id),
    assignment TEXT NOT NULL,    -- JSON object: multiplier by layer
    metrics    TEXT NOT NULL,    -- JSON object: figure by name
    seconds    REAL NOT NULL,    -- of the step
    source     TEXT,             -- JSON [generation, position] of the first of its key; else NULL
    finished   TEXT NOT NULL,    -- UTC, ISO 8601
    accelerator TEXT NOT NULL DEFAULT '',    -- that it runs on, where a figure depends on it
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE INDEX points_of_candidate ON points (generation, position, step);
CREATE TABLE failures (          -- why a step of a candidate has no point
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    step       INTEGER NOT NULL DEFAULT 0,
    kind       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    details    TEXT NOT NULL,
    metrics    TEXT NOT NULL DEFAULT '{}',  -- JSON object: cheap figures of rejected ones
    seconds    REAL NOT NULL,
    finished   TEXT NOT NULL,
    PRIMARY KEY (generation, position, step),
    FOREIGN KEY (generation, position) REFERENCES candidates (generation, position)
);
CREATE TABLE tests (             -- figures on the test set: reported, never selected on
    generation INTEGER NOT NULL,
    position   INTEGER NOT NULL,
    step       INTEGER NOT NULL DEFAULT 0,
    number     INTEGER NOT NULL DEFAULT 0,
    metrics    TEXT NOT NULL,
    PRIMARY KEY (generation, position, step, number),
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
