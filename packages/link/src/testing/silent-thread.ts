/** A link thread that lives and says nothing. */
setInterval(() => {}, 60_000);
