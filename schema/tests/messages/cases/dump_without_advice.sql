--
-- PostgreSQL database dump
--

CREATE TABLE public.users (
    slug text NOT NULL,
    price double precision
);
CREATE TABLE public.posts (
    id bigint NOT NULL,
    author text
);
CREATE TABLE public.without_key (id bigint);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (slug);
ALTER TABLE ONLY public.posts ADD CONSTRAINT posts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.posts ADD CONSTRAINT posts_author FOREIGN KEY (author) REFERENCES public.users(slug);
