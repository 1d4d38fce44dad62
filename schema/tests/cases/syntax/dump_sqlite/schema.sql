PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
-- Prisma rewrites a table like this.
-- CreateTable
CREATE TABLE "User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL
);
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
-- RedefineTables
CREATE TABLE "new_User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "new_User" ("email", "id") SELECT "email", "id" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
ALTER TABLE "User" RENAME COLUMN "id" TO "key";
CREATE TRIGGER t AFTER INSERT ON "User" BEGIN
  UPDATE "User" SET email = 'a;b' WHERE "key" = NEW."key";
  SELECT CASE WHEN 1 THEN 2 END;
END;
CREATE TEMP TABLE scratch (a);
DROP INDEX "User_email_key";
COMMIT;
CREATE TABLE sqlite_sequence(name,seq);
CREATE VIRTUAL TABLE notes USING fts5(body)
/* notes(body) */;
CREATE TABLE IF NOT EXISTS 'notes_data'(id INTEGER PRIMARY KEY, block BLOB);
CREATE TABLE IF NOT EXISTS 'notes_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE other_data (id INTEGER PRIMARY KEY) /*$options*/;
