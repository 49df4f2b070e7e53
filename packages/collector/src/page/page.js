document.title = "Traces";
