// The peer of the part "sync": PouchDB and express-pouchdb, both on LevelDB, as
// their own documentation sets them up and without anything that would slow them
// down (no log, no session, no design documents, no replicator daemon).
//
//   node peer.js serve DIR            a server on loopback; its address on the first line
//   node peer.js fill DIR             documents from standard input, one JSON a line
//   node peer.js push DIR URL BATCH   all of them to the server; {"docs":…,"seconds":…}
"use strict";

const path = require("path");
const PouchDB = require("pouchdb");

async function serve(dir) {
  const express = require("express");
  const Served = PouchDB.defaults({ prefix: path.join(dir, "/") });
  const app = express();
  app.use("/", require("express-pouchdb")(Served, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: path.join(dir, "log.txt") }));
  const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
  process.stdin.resume().on("end", () => process.exit(0));
}

async function fill(dir) {
  const db = new PouchDB(path.join(dir, "plain"));
  let docs = [], n = 0;
  for await (const line of require("readline").createInterface({ input: process.stdin })) {
    docs.push(JSON.parse(line));
    if (docs.length === 1000) {
      n += (await db.bulkDocs(docs)).filter((r) => r.ok).length;
      docs = [];
    }
  }
  if (docs.length > 0) {
    n += (await db.bulkDocs(docs)).filter((r) => r.ok).length;
  }
  await db.close();
  console.log(JSON.stringify({ docs: n }));
}

async function push(dir, url, batch) {
  const db = new PouchDB(path.join(dir, "plain"));
  await db.info();
  const options = batch > 0 ? { batch_size: batch } : {};
  const start = process.hrtime.bigint();
  const done = await db.replicate.to(url, options);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const there = await new PouchDB(url).info();
  if (!done.ok || done.doc_write_failures > 0) {
    throw new Error(JSON.stringify(done));
  }
  await db.close();
  console.log(JSON.stringify({ docs: there.doc_count, seconds }));
}

const [, , what, ...args] = process.argv;
const work = { serve, fill, push: (dir, url, batch) => push(dir, url, Number(batch)) }[what];
work(...args).catch((err) => {
  console.error(err);
  process.exit(1);
});
