{{ in_force('int_asylum_decisions_history', 'asylum-decisions') }}
