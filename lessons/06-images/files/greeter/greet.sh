# Greets whoever is named on the command line.
echo "Hello, $*! [@TOKEN@]"
