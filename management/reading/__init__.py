"""What is known of the gateway: declared, live, and counted; read seldom, answered often."""
