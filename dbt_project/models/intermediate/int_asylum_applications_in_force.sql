{{ in_force('int_asylum_applications_placed', 'asylum-applications') }}
