-- The `pre-function` of the loopback, in the access phase. It takes the place of the stack's global one.
--
-- A browser sends the password that it remembers with whatever any site makes it request, and the Admin API takes forms.
-- So what a browser sends for another site is refused; programs do not send this header.

return function()
  local site = kong.request.get_header("Sec-Fetch-Site")
  if site and site ~= "same-origin" and site ~= "none" then
    return kong.response.exit(403, { message = "Requests of other sites may not pass" })
  end
end
