package target

/*
The paths, as GET / lists them. All but /login and the RealWorld paths take any method.

	/api/...                 the RealWorld API, see package conduit
	/static                  fixed small JSON;  /json  1024 bytes of nested JSON
	/gzip /br /zstd /deflate the body of /json in that coding, whatever the request accepts
	/echo                    method, target, ordered headers and body of the request
	/headers                 ?bytes=N adds an answer header of that size
	/delay                   ?ms= &jitter= &slow_ms= &slow_ratio= &seed=
	/error                   ?ratio=0.1 &status=503 &seed=
	/stall /stallable        wait for the end of a window set by POST /lab/stall
	/bucket                  answers at the rate set by POST /lab/bucket
	/status/:code            200 to 599
	/redirect/:count         ?status= &absolute=1;  /redirect-to  ?url= &status=
	/login (POST) /me        session cookie; X-Hazard-User or ?user= says who the request means to be
	/cookies /cookies/set    lists cookies; sets one for every query argument
	/basic-auth /digest-auth user and passwd, or /:user/:password; digest: ?algorithm= &qop=
	/upload                  name, file name, type, size and SHA-256 of every part
	/bytes/:count            up to 1 GiB with a known length
	/chunked                 ?chunks= &ms= &trailers=1;  /slow  ?bytes= &bps=
	/close-after/:count      ?announce=1 or ?when=next
	/drop                    ?rst=1;  /garbage  /hang

Control, not counted:

	GET  /lab/hits           exact counts since the reset, see hitReport
	POST /lab/reset          new counters, arrivals and seeded sequences
	GET  /lab/arrivals       ?since=SEQUENCE &format=binary, see arrivalReport
	POST /lab/arrivals       {"on":true}
	POST /lab/stall          {"after_s":0,"for_s":1,"all":false}
	POST /lab/bucket         {"rate":800,"queue":0,"burst":0}
	GET  /lab/conduit        how many RealWorld entries are stored
*/
