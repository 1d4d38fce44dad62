-- The number of the next ticket of a company.
-- name: next_ticket :scalar
UPDATE counters SET tickets = tickets + 1 WHERE company_id = :company RETURNING tickets;

-- The number of the next answer to a ticket.
-- name: next_answer :scalar
UPDATE tickets SET answers = answers + 1 WHERE company_id = :company AND number = :ticket RETURNING answers;

-- The open tickets of a company with their last answers, the most urgent first.
-- name: open_tickets :many
SELECT t.number, t.subject, u.hours, a.body AS last_answer
FROM tickets t
JOIN urgencies u ON u.code = t.urgency
LEFT JOIN answers a ON a.company_id = t.company_id AND a.ticket = t.number AND a.number = t.answers
WHERE t.company_id = :company AND t.is_open
ORDER BY u.hours, t.number;

-- How much there is to do, over all companies.
-- name: waiting :many
SELECT urgency, count(*) AS tickets FROM tickets WHERE is_open GROUP BY urgency ORDER BY urgency;
