import GRDB

extension ProjectFile {
  /// The tables, as each version of the program changed them. A migration that has been released is never edited.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          -- What there is one of: the image.
          CREATE TABLE fact (name TEXT PRIMARY KEY NOT NULL, content TEXT NOT NULL);
          -- What was done. `kind` says what `content`, a JSON value, is.
          CREATE TABLE step (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            time REAL NOT NULL,
            kind TEXT NOT NULL,
            content TEXT NOT NULL,
            isUndone INTEGER NOT NULL DEFAULT 0);
          -- A group of files: those of one result, or the image.
          CREATE TABLE bundle (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL);
          CREATE TABLE file (
            id INTEGER PRIMARY KEY,
            bundle INTEGER NOT NULL REFERENCES bundle (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            UNIQUE (bundle, name));
          -- Pieces of a file in order: a value of SQLite holds at most 1 GB.
          CREATE TABLE piece (
            file INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (file, number)) WITHOUT ROWID;
          """)
    }
    // Steps of the kind 'measurement' came: the tables are the same, but the version before cannot read such steps.
    migrator.registerMigration("2") { _ in }
    return migrator
  }
}
