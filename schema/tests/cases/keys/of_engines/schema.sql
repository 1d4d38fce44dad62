-- engines: b postgres, c sqlite, default sqlite
-- @dialect sqlite

-- @engines default, b
CREATE TABLE blogs (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES blogs, slug TEXT UNIQUE);
-- @engines default, b
CREATE TABLE posts (id INTEGER PRIMARY KEY, blog INTEGER REFERENCES blogs (id), slug TEXT REFERENCES blogs (slug));
CREATE TABLE users (id INTEGER PRIMARY KEY, blog INTEGER REFERENCES blogs);
CREATE TABLE profiles (user_id INTEGER PRIMARY KEY REFERENCES users (id), bio TEXT);
CREATE TABLE pictures (profile INTEGER REFERENCES profiles, at INTEGER, PRIMARY KEY (profile, at));
CREATE TABLE frames (profile INTEGER, at INTEGER, colour TEXT, FOREIGN KEY (profile, at) REFERENCES pictures ON DELETE CASCADE);
-- @engines b
CREATE TABLE logs (id INTEGER PRIMARY KEY, frame INTEGER, who INTEGER /* @link users(id) */, blog INTEGER REFERENCES blogs);
-- @engines c
CREATE TABLE far (id INTEGER PRIMARY KEY, blog INTEGER /* @link blogs(id) on default */, post_blog INTEGER /* @link posts(blog) on b */);
CREATE TABLE ring_a (id INTEGER PRIMARY KEY REFERENCES ring_b (id));
CREATE TABLE ring_b (id INTEGER PRIMARY KEY REFERENCES ring_a (id));
CREATE TABLE twice (a INTEGER REFERENCES users REFERENCES blogs);
CREATE TABLE texts (code TEXT PRIMARY KEY, n INT PRIMARY KEY);
CREATE TABLE words (code TEXT NOT NULL PRIMARY KEY DESC) WITHOUT ROWID;
CREATE TABLE down (id INTEGER PRIMARY KEY DESC);
CREATE TABLE typed (id INTEGER PRIMARY KEY /* @type crate::Id */, up INTEGER REFERENCES typed);
