"use strict";

/** A neighbour that nobody changes. */
exports.handler = async () => "other";
