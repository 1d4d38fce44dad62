-- @dialect sqlite

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL
);

-- @engines default, b
CREATE TABLE authors (
  id INTEGER PRIMARY KEY,
  user_id INTEGER NOT NULL -- @link users(id) on default
);
CREATE INDEX authors_by_user ON authors (user_id);

-- @engines default, b
CREATE TABLE blogs (
  id INTEGER PRIMARY KEY,
  title VARCHAR(80) NOT NULL
);

-- @engines default, b
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  blog_id INTEGER NOT NULL REFERENCES blogs (id),
  author_id INTEGER NOT NULL REFERENCES authors (id)
);
CREATE INDEX posts_by_blog ON posts (blog_id);
CREATE INDEX posts_by_author ON posts (author_id);


-- @engine b
CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  post_id INTEGER NOT NULL REFERENCES posts (id)
);
CREATE INDEX tags_by_post ON tags (post_id);
