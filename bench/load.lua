-- What wrk sends: the prefix, a text drawn from those on file descriptor 3, and the suffix. The
-- texts are one a line and all of one length. They come through a pipe, as keys lie in no file.
local texts, width, count, prefix, suffix

function init(args)
	prefix, suffix = args[1], args[2]
	local pipe = io.open("/dev/fd/3")
	texts = pipe:read("*a")
	pipe:close()
	width = texts:find("\n")
	count = #texts / width
	math.randomseed(os.time())
end

function request()
	local at = math.random(0, count - 1) * width
	return prefix .. texts:sub(at + 1, at + width - 1) .. suffix
end

function done(summary)
	local e = summary.errors
	print(string.format("counted %d %d", summary.requests, e.connect + e.read + e.write + e.timeout))
end
