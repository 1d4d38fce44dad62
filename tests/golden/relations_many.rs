//! Many rows of a relation: many-to-many both ways, some of them in an order, and a row that is inserted with those that refer to it. The
//! models are those of the case `relations`.

use bindery::Connection;
use bindery::relation::Loaded;

use crate::relations::*;
use crate::relations_at_work::{Everything, fill, on_each};

#[test]
fn qry_04_many_to_many_both_ways() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let mut tags = Vec::new();
        for name in ["rust", "sql", "tea"] {
            tags.push(c.tags().insert(NewTag::new(name))?);
        }
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let names = |mut tags: Vec<Tag<E>>| {
            tags.sort_by(|left, right| left.name.cmp(&right.name));
            tags.into_iter()
                .map(|tag| tag.name.into_value())
                .collect::<Vec<_>>()
        };
        assert!(posts[0].tags(c).add(&tags[0])?);
        assert!(
            !posts[0].tags(c).add(&tags[0])?,
            "added twice it is there once"
        );
        assert!(tags[1].posts(c).add(&posts[0])?);
        assert!(posts[1].tags(c).add(&tags[1])?);
        assert_eq!(names(posts[0].tags(c).all()?), ["rust", "sql"]);
        assert_eq!(posts[0].tags(c).count()?, 2);
        assert_eq!(
            tags[1]
                .posts(c)
                .query()?
                .filter(post::title.eq("two"))
                .count()?,
            1
        );
        assert_eq!(posts[2].tags(c).all()?, []);

        let loaded = c.load(&posts, post::tags)?;
        let all: Vec<Vec<_>> = loaded
            .iter()
            .map(|tags| tags.iter().map(|tag| tag.name.to_string()).collect())
            .collect();
        assert_eq!(all, [vec!["rust", "sql"], vec!["sql"], vec![]]);
        assert_eq!(loaded.rows().len(), 2, "each tag once");

        assert!(posts[0].tags(c).remove(&tags[0])?);
        assert!(!posts[0].tags(c).remove(&tags[0])?);
        assert_eq!(c.tags().count()?, 3, "the row itself stays");
        posts[0].tags(c).set([&tags[2], &tags[1], &tags[2]])?;
        assert_eq!(names(posts[0].tags(c).all()?), ["sql", "tea"]);
        posts[0].tags(c).set([&tags[0]])?;
        assert_eq!(names(posts[0].tags(c).all()?), ["rust"]);
        assert_eq!(
            names(posts[1].tags(c).all()?),
            ["sql"],
            "of the other nothing changed"
        );
        c.transaction(|tx| {
            posts[1].tags(tx).set(&tags)?;
            assert_eq!(posts[1].tags(tx).count()?, 3);
            Ok(())
        })?;
        assert_eq!(posts[1].tags(c).clear()?, 3);
        assert_eq!(posts[0].tags(c).count()?, 1);

        // Cascades: of a tag, and of a post.
        posts[0].tags(c).set(&tags)?;
        posts[1].tags(c).set(&tags)?;
        c.tags().delete(tags[0].name.clone())?;
        assert_eq!((posts[0].tags(c).count()?, c.posts().count()?), (2, 3));
        c.posts().delete(posts[0].id)?;
        assert_eq!((tags[1].posts(c).count()?, c.tags().count()?), (1, 2));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_a_row_is_inserted_with_those_that_refer_to_it_or_not_at_all() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let new = NewUser::new(user::Required {
            email: "ann@example.org".into(),
            name: "Ann".into(),
        });
        let (ann, posts) = user::posts_by_author_id.insert_with(c, new, |ann| {
            ["one", "two"].map(|title| NewPost::new(ann.id, title))
        })?;
        assert_eq!((posts, ann.posts_by_author_id(c).count()?), (2, 2));
        let nobody = UserId::new(-1);
        let failed = user::posts_by_author_id.insert_with(
            c,
            NewUser::new(user::Required {
                email: "bob@example.org".into(),
                name: "Bob".into(),
            }),
            |bob| [NewPost::new(bob.id, "three"), NewPost::new(nobody, "four")],
        );
        assert!(failed.is_err());
        assert_eq!((c.users().count()?, c.posts().count()?), (1, 2));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_03_some_of_the_related_rows_are_loaded_in_an_order() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let titles = |posts: &[Post<E>]| {
            let titles = posts.iter().map(|post| post.title.clone());
            titles.collect::<Vec<_>>()
        };
        let posts = user::posts_by_author_id;
        let by_title = c.load(&users, posts.order_by(post::title.desc()))?;
        let all: Vec<_> = by_title.iter().map(titles).collect();
        assert_eq!(all, [vec!["three", "one"], vec!["two"], vec![]]);
        let by_title = c.load(&users, posts.order_by(post::title.asc()))?;
        assert_eq!(titles(&by_title[0]), ["one", "three"]);
        // By a path, a value, and both in one.
        let edited = post::editor_id.to(user::name).eq("Bob");
        let edited = c.load(&users, posts.filter(edited).order_by(post::id.asc()))?;
        assert_eq!(titles(edited.rows()), ["one"]);
        let with_words = posts
            .filter(post::title.ne("three"))
            .filter(post::comments.any(comment::words.like("first%")));
        assert_eq!(c.load(&users, with_words)?.rows().len(), 2);
        let of_bob = posts.filter(post::author_id.eq(users[1].id));
        assert_eq!(c.load(&users, of_bob)?.rows().len(), 1);

        let all = c.posts().order_by(post::id.asc()).all()?;
        let anns = c.load(&all, post::author_id.filter(user::name.eq("Ann")))?;
        let names: Vec<_> = anns.iter().map(|user| user.is_some()).collect();
        assert_eq!(names, [true, false, true]);
        c.profiles().insert(NewProfile::new(users[1].id, "Bob's"))?;
        let none = user::profile.filter(profile::about.ne("Bob's"));
        assert_eq!(c.load(&users, none)?.rows(), []);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_what_belongs_together_through_a_table_is_loaded_in_an_order() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let users = fill(c)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        for (post, names) in posts.iter().zip([&["b", "a", "c"][..], &["c", "b"], &[]]) {
            for name in names {
                let tag = c.tags().find(TagId::new((*name).to_owned()))?;
                let tag = match tag {
                    Some(tag) => tag,
                    None => c.tags().insert(NewTag::new(*name))?,
                };
                post.tags(c).add(&tag)?;
            }
        }
        let names = |tags: Vec<&Tag<E>>| tags.iter().map(|tag| tag.name.to_string()).collect();
        let loaded = c.load(&posts, post::tags.order_by(tag::name.desc()))?;
        let all: Vec<Vec<String>> = loaded.iter().map(names).collect();
        assert_eq!(all, [vec!["c", "b", "a"], vec!["c", "b"], vec![]]);
        let asc = post::tags
            .order_by(tag::name.asc())
            .filter(tag::name.ne(TagId::new("b".to_owned())));
        let all: Vec<Vec<String>> = c.load(&posts, asc)?.iter().map(names).collect();
        assert_eq!(all, [vec!["a", "c"], vec!["c"], vec![]]);
        // Nested, within several.
        let written = user::posts_by_author_id
            .order_by(post::title.desc())
            .with(post::tags.order_by(tag::name.desc()));
        let loaded = c.load(&users, (user::company_id, written))?;
        let (company, posts) = loaded.of(0);
        assert!(company.is_some());
        let posts: Vec<_> = posts
            .map(|(post, tags)| (post.title.as_str(), tags.len()))
            .collect();
        assert_eq!(posts, [("three", 0), ("one", 3)]);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_04_what_belongs_together_through_a_table_is_loaded_up_to_a_number() -> bindery::Result<()> {
    fn show<E: Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let mut tags = Vec::new();
        for number in 0..9 {
            tags.push(c.tags().insert(NewTag::new(format!("t{number}")))?);
        }
        // The post at each position has the tags that its bits say, and a tag has from none to three posts.
        for (post, bits) in posts.iter().zip([0b1_1010_1101, 0b0_1111_1000, 0]) {
            for (number, tag) in tags.iter().enumerate() {
                if bits >> number & 1 == 1 {
                    post.tags(c).add(tag)?;
                }
            }
        }
        let all = c.load(&posts, post::tags)?;
        let all: Vec<Vec<String>> = all.iter().map(|tags| named(&tags)).collect();
        let posts_of = |name: &String| all.iter().filter(|tags| tags.contains(name)).count();
        let not_first = || tag::name.gt(TagId::new("t0".to_owned()));
        for limit in [0, 1, 2, 4, 100] {
            let first = |mut tags: Vec<String>| {
                tags.truncate(limit as usize);
                tags
            };
            let sorted = |by: &dyn Fn(&String, &String) -> std::cmp::Ordering| -> Vec<_> {
                let each = all.iter().map(|tags| {
                    let mut tags = tags.clone();
                    tags.sort_by(by);
                    tags
                });
                each.collect()
            };
            let by_key = sorted(&|left, right| left.cmp(right));
            let expected: Vec<_> = by_key.iter().cloned().map(first).collect();
            let loaded = c.load(&posts, post::tags.limit(limit))?;
            assert_eq!(names_of(&loaded), expected, "{limit}");

            let descending = post::tags
                .order_by(tag::name.desc())
                .filter(not_first())
                .limit(limit);
            let mut expected = sorted(&|left, right| right.cmp(left));
            for tags in &mut expected {
                tags.retain(|name| name != "t0");
                tags.truncate(limit as usize);
            }
            assert_eq!(names_of(&c.load(&posts, descending)?), expected, "{limit}");

            // By what is computed of the tag's own related rows, on a condition that they meet.
            let by_posts = post::tags
                .filter(tag::posts.any(post::title.ne("three")).and(not_first()))
                .order_by((tag::posts.count().desc(), tag::name.value().lower().desc()))
                .limit(limit);
            let mut expected =
                sorted(&|left, right| (posts_of(right), right).cmp(&(posts_of(left), left)));
            for tags in &mut expected {
                tags.retain(|name| name != "t0");
                tags.truncate(limit as usize);
            }
            assert_eq!(names_of(&c.load(&posts, by_posts)?), expected, "{limit}");
        }
        // From the other side, with what belongs to the loaded rows, and of nothing.
        let loaded = c.load(
            &tags,
            tag::posts
                .order_by(post::title.asc())
                .limit(1)
                .with(post::author_id),
        )?;
        for (row, found) in tags.iter().enumerate() {
            let name = found.name.to_string();
            let titles = ["one", "two", "three"].iter().zip(&all);
            let least = titles
                .filter(|(_, tags)| tags.contains(&name))
                .map(|(title, _)| *title)
                .min();
            let found = loaded.of(row);
            assert_eq!(found.first().map(|(post, _)| &*post.title), least);
            assert!(
                found
                    .iter()
                    .all(|(post, author)| author.unwrap().id == post.author_id)
            );
        }
        assert!(c.load(&posts[..0], post::tags.limit(1))?.is_empty());
        Ok(())
    }
    on_each!(show)
}

fn named<E: Everything>(tags: &[&Tag<E>]) -> Vec<String> {
    tags.iter().map(|tag| tag.name.to_string()).collect()
}

fn names_of<E: Everything>(
    loaded: &bindery::relation::LoadedThrough<PostTag<E>, Tag<E>>,
) -> Vec<Vec<String>> {
    loaded.iter().map(|tags| named(&tags)).collect()
}
