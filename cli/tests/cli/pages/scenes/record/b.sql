INSERT INTO authors VALUES (1, 71), (2, 72), (3, 73);
INSERT INTO blogs VALUES (10, 'ten'), (11, 'eleven');
INSERT INTO posts VALUES (100, 10, 1), (101, 10, 2), (102, 11, 3);
INSERT INTO tags VALUES (5, 'tea'), (6, 'green'), (7, 'black');
INSERT INTO post_tags VALUES (100, 5), (101, 5), (101, 6), (102, 7);
