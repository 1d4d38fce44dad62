-- @dialect mysql

-- @engines default, b, m
CREATE TABLE things (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  colors set('red','green') NOT NULL,
  flags bit(64) NOT NULL,
  first_day date NOT NULL DEFAULT '0000-00-00',
  changed_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  KEY short (colors)
);

-- @engines default, b, m
CREATE TABLE moments (
  moment datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP PRIMARY KEY
);
