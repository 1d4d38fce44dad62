UPDATE notes SET body = '' WHERE body IS NULL;
