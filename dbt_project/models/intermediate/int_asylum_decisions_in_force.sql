{{ in_force('int_asylum_decisions_placed', 'asylum-decisions') }}
