-- Several trainers may run: each has a row of its own. A service of which there is one has no instance.
ALTER TABLE service_status ADD COLUMN instance text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE service_status DROP CONSTRAINT service_status_pkey, ADD PRIMARY KEY (name, instance);
