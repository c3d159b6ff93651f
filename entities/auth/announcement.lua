-- The witness says that it is there: in the rewrite phase, in which global plugins alone run, before any guard.

return function()
  kong.ctx.shared.witnessed = true
end
