// The API description, drawn by Swagger UI from files of our own.
window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
