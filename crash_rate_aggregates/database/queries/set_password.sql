-- The verifier of SCRAM, from which nobody learns the password, in a log neither.
ALTER ROLE {role} LOGIN PASSWORD {verifier}
