"""From bytes to lines to sections: prompts, command lines, directories, headers, and what copying put around them."""
